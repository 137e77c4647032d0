"""What the processes write down: never a key, a signature, or the query of a customer's address."""

import re

from tests.instance import Instance
from tests.pictures import Reply, jpeg


def test_no_secret_is_logged(instance: Instance) -> None:
    key = instance.new_key()
    secret = "AWSSignature0123456789"
    good = instance.pictures.serve(f"/private/good.jpg?sig={secret}", jpeg())
    bad = instance.pictures.serve(f"/private/bad.jpg?sig={secret}", Reply(b"no", "text/html", 403))
    broken = instance.pictures.serve(f"/private/broken.jpg?sig={secret}", jpeg()[:700])
    answers = [instance.restore(key, url) for url in (good, bad, broken)]
    assert [answer.status for answer in answers] == [200, 400, 400]
    output = answers[0].json["output"]
    assert instance.call("GET", output).status == 200
    instance.call("GET", f"/api/v1/account?key={key}", headers={"Authorization": f"Bearer {key[:-1]}x"})
    logs = instance.logs()
    assert answers[0].headers["x-request-id"] in logs
    assert answers[0].headers["x-job-id"] in logs
    signature = re.search(r"s=([\w-]+)", output)
    assert signature is not None
    for forbidden in (key, key[:-1], secret, signature[1], "data:image"):
        assert forbidden not in logs
