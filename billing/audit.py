"""Does an account's ledger hold together? Every invariant recomputed from the rows; nothing cached is believed."""

from collections import Counter, defaultdict

from django.db import transaction
from django.db.models import Sum

from accounts.models import Account
from billing.bookings import Book, chain_hash
from billing.models import CreditAccount, CreditGrant, Hold, HoldAllocation, LedgerTxn, Purchase


def problems(account: Account) -> list[str]:
    """What is wrong with the account's credits, one sentence each; empty when all is well.

    Reads under the account's lock, so that a movement in progress is not taken for a fault.
    """
    with transaction.atomic():
        row = CreditAccount.objects.select_for_update().filter(account=account).first()
        if row is None:
            return []
        txns = list(row.transactions.prefetch_related("entries").order_by("seq"))
        books: Counter[str] = Counter()
        for txn in txns:
            for entry in txn.entries.all():
                books[entry.book] += entry.amount
        return [
            *_chain(row, txns),
            *_balances(row, books),
            *_grants(row, books, {txn.key for txn in txns}),
            *_holds(row, txns),
            *_reversals(row, txns),
        ]


def _chain(row: CreditAccount, txns: list[LedgerTxn]) -> list[str]:
    found = []
    previous = ""
    for place, txn in enumerate(txns, start=1):
        entries = {Book(entry.book): entry.amount for entry in txn.entries.all()}
        if txn.seq != place:
            found.append(f"transaction {txn.seq} stands at place {place}")
        if sum(entries.values()) or not entries:
            found.append(f"transaction {txn.seq}: its entries do not sum to zero")
        if txn.prev_hash != previous:
            found.append(f"transaction {txn.seq} does not follow the one before it")
        if txn.hash != chain_hash(txn, entries):
            found.append(f"transaction {txn.seq} was changed after it was booked")
        previous = txn.hash
    if (row.last_seq, row.last_hash) != (len(txns), previous):
        found.append("the chain does not end where the account says")
    return found


def _balances(row: CreditAccount, books: Counter[str]) -> list[str]:
    expected = {
        "available": (row.available, books[Book.AVAILABLE]),
        "held": (row.held, books[Book.HELD]),
        "debt": (row.debt, -books[Book.DEBT]),
    }
    found = [
        f"{name} is {cached}, the ledger says {booked}"
        for name, (cached, booked) in expected.items()
        if cached != booked
    ]
    if min(row.available, row.held, row.debt) < 0:
        found.append("a balance is negative")
    if row.debt and row.available:
        found.append("a debt stands beside available credits")
    came = -books[Book.ISSUED]
    went = books[Book.REVERSED] + books[Book.SPENT] + books[Book.EXPIRED]
    if row.available + row.held - row.debt != came - went:
        found.append("what came in is not what went out and what is left")
    return found


def _grants(row: CreditAccount, books: Counter[str], keys: set[str]) -> list[str]:
    parts = ("amount", "free", "held", "spent", "lapsed", "reversed")
    totals = row.grants.aggregate(**{part: Sum(part, default=0) for part in parts})
    # `reversed` is booked at once; grants follow as the debt is repaid.
    expected = {
        "amount": -books[Book.ISSUED],
        "free": books[Book.AVAILABLE],
        "held": books[Book.HELD],
        "spent": books[Book.SPENT],
        "lapsed": books[Book.EXPIRED],
        "reversed": books[Book.REVERSED] + books[Book.DEBT],
    }
    found = [
        f"grants: {part} is {totals[part]}, the ledger says {expected[part]}"
        for part in parts
        if totals[part] != expected[part]
    ]
    for grant in row.grants.all():
        pieces = [grant.free, grant.held, grant.spent, grant.lapsed, grant.reversed]
        if min(pieces) < 0 or sum(pieces) != grant.amount:
            found.append(f"grant {grant.pk}: its parts do not make up its amount")
        if f"grant:{grant.source}" not in keys:
            found.append(f"grant {grant.pk} was never booked")
    return found


def _holds(row: CreditAccount, txns: list[LedgerTxn]) -> list[str]:
    found = []
    kinds: dict[str, list[str]] = defaultdict(list)
    for txn in txns:
        kinds[txn.ref].append(txn.kind)
    sums = {state: _held_amount(row, state) for state in Hold.State}
    if sums[Hold.State.HELD] != row.held:
        found.append(f"open holds make {sums[Hold.State.HELD]}, held is {row.held}")
    spent = CreditGrant.objects.filter(credit_account=row).aggregate(n=Sum("spent", default=0))["n"]
    if sums[Hold.State.CAPTURED] != spent:
        found.append(f"captured holds make {sums[Hold.State.CAPTURED]}, spent is {spent}")
    settled = {Hold.State.CAPTURED: "capture", Hold.State.RELEASED: "release"}
    for hold in row.holds.prefetch_related("allocations__grant"):
        parts = list(hold.allocations.all())
        if sum(part.amount for part in parts) != hold.amount:
            found.append(f"hold {hold.job}: its allocations do not make up its amount")
        if any(part.grant.credit_account_id != row.pk for part in parts):
            found.append(f"hold {hold.job} draws on another account's grant")
        booked = sorted(kinds[hold.job])
        wanted = sorted(["hold", *([settled[Hold.State(hold.state)]] if hold.state in settled else [])])
        if booked != wanted:
            found.append(
                f"hold {hold.job} is {hold.state}, but its bookings are {', '.join(booked) or 'none'}"
            )
    return found


def _held_amount(row: CreditAccount, state: Hold.State) -> int:
    total: int = HoldAllocation.objects.filter(hold__credit_account=row, hold__state=state).aggregate(
        n=Sum("amount", default=0)
    )["n"]
    return total


def _reversals(row: CreditAccount, txns: list[LedgerTxn]) -> list[str]:
    booked, granted, taken, of_grant = Counter[str](), Counter[str](), Counter[str](), Counter[int | None]()
    for txn in txns:
        booked[txn.ref] += sum(entry.amount for entry in txn.entries.all() if entry.book == Book.REVERSED)
    grants = list(row.grants.all())
    for grant in grants:
        granted[grant.ref] += grant.amount
    for clawback in row.clawbacks.all():
        taken[clawback.ref] += clawback.amount
        of_grant[clawback.grant_id] += clawback.amount
    found = []
    for ref in sorted(booked.keys() | taken.keys()):
        if booked[ref] != taken[ref]:
            found.append(f"{ref}: {taken[ref]} credits are taken back, the ledger says {booked[ref]}")
        if not 0 <= taken[ref] <= granted[ref]:
            found.append(f"{ref}: {taken[ref]} credits are taken back, {granted[ref]} came with it")
    if of_grant[None] != row.debt:
        found.append(f"purchases owe {of_grant[None]}, debt is {row.debt}")
    for grant in grants:
        if of_grant[grant.pk] != grant.reversed:
            found.append(f"grant {grant.pk}: reversed is {grant.reversed}, taken were {of_grant[grant.pk]}")
    return [*found, *_purchases(row, granted, taken)]


def _purchases(row: CreditAccount, granted: Counter[str], taken: Counter[str]) -> list[str]:
    found = []
    for purchase in Purchase.objects.filter(account=row.account_id):
        ref = purchase.public_id
        if purchase.credited and granted[ref] < purchase.credits:
            found.append(f"{ref} is paid, but brought {granted[ref]} of {purchase.credits} credits")
        if not purchase.credited and granted[ref]:
            found.append(f"{ref} is {purchase.state}, but brought {granted[ref]} credits")
        if purchase.reversed_credits != taken[ref]:
            found.append(
                f"{ref} says that {purchase.reversed_credits} credits are taken back: {taken[ref]} are"
            )
    return found
