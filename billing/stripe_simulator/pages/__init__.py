"""The pages that customers see: checkout, challenge, receipt, invoice, portal. Plain forms, no script."""
