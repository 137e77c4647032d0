import os
from pathlib import Path

import requests

reply = requests.post(
    "https://heirloom.example/api/api-call/photo-restore",
    headers={"Authorization": f"Bearer {os.environ['HEIRLOOM_KEY']}"},
    json={"imageUrl": "https://example.com/old-photo.jpg"},
    timeout=90,
)
body = reply.json()
if not reply.ok:
    raise SystemExit(f"{reply.status_code} {body['message']}: {body.get('detail')} ({body.get('request_id')})")

photo = requests.get(body["output"], timeout=30)
photo.raise_for_status()
Path("restored.jpg").write_bytes(photo.content)
print(body["output"])
