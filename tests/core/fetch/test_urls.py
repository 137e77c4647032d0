"""Rows 1 to 33 of the attack table: what the text of a URL alone decides."""

import pytest

from core.fetch import FetchRefused, parse_url

ADDRESS = "is not public"
HOST = "host"
REFUSED = [
    ("http://127.0.0.1/", ADDRESS),
    ("http://localhost/", HOST),
    ("http://LOCALHOST./", HOST),
    ("http://127.1/", "strict IPv4"),
    ("http://2130706433/", "strict IPv4"),
    ("http://0x7f000001/", "strict IPv4"),
    ("http://0X7F.1/", "strict IPv4"),
    ("http://0177.0.0.1/", "strict IPv4"),
    ("http://0/", "strict IPv4"),
    ("http://127.0.0.1.8/", "strict IPv4"),
    ("http://127.0.0.1./", ADDRESS),
    ("http://１２７.０.０.１/", ADDRESS),
    ("http://①②⑦.⓪.⓪.①/", ADDRESS),
    ("http://127。0。0。1/", ADDRESS),
    ("http://[::1]/", ADDRESS),
    ("http://[::]/", ADDRESS),
    ("http://[::ffff:a9fe:a9fe]/", ADDRESS),
    ("http://[::127.0.0.1]/", ADDRESS),
    ("http://[64:ff9b::a9fe:a9fe]/", ADDRESS),
    ("http://[2002:7f00:1::]/", ADDRESS),
    ("http://[fe80::1%25eth0]/", "IPv6"),
    ("http://[fe80::1%eth0]/", "IPv6"),
    ("http://[fd00:ec2::254]/", ADDRESS),
    ("http://[fec0::1]/", ADDRESS),
    ("http://[127.0.0.1]/", "IPv6"),
    ("http://[::1/", "IPv6"),
    ("http://[2606:4700::1]x/", "port"),
    ("http://169.254.169.254/latest/meta-data/", ADDRESS),
    ("http://168.63.129.16/", ADDRESS),
    ("http://100.100.100.200/", ADDRESS),
    ("http://metadata.google.internal/", HOST),
    ("http://printer.local/", HOST),
    ("http://intranet/", HOST),
    ("http://user:pass@example.com/", "credentials"),
    ("http://@example.com/", "credentials"),
    ("http://public@127.0.0.1/", "credentials"),
    ("http://a.com\\@127.0.0.1/", "U+005C"),
    ("http:///127.0.0.1/", HOST),
    ("http://./", HOST),
    ("http://a..com/", HOST),
    ("http://-a.com/", HOST),
    ("http://a.com-/", HOST),
    (f"http://{'a' * 64}.com/", HOST),
    (f"http://{'a.' * 127}com/", HOST),
    ("http://example.com:22/", "port 22"),
    ("http://example.com:6379/", "port 6379"),
    ("http://example.com:0/", "port"),
    ("http://example.com:99999/", "port"),
    ("http://example.com:/", "port"),
    ("http://example.com:80:80/", "port"),
    ("http://example.com:8０/", "port"),
    ("http://example.com:+80/", "port"),
    ("file:///etc/passwd", "scheme"),
    ("ftp://example.com/", "scheme"),
    ("gopher://example.com/", "scheme"),
    ("//example.com/", "scheme"),
    ("http:example.com", "scheme"),
    ("example.com/photo.jpg", "scheme"),
    ("data:image/png;base64,AAAA", "scheme"),
    ("http://example.com/\x00", "U+0000"),
    ("http://example.com/\r\nHost: other", "U+000D"),
    ("http://exam\tple.com/", "U+0009"),
    (" http://example.com/", "U+0020"),
    ("http://example.com/a b", "U+0020"),
    ("http://example.com/\u2028", "U+2028"),
    ("http://exa\u200bmple.com/", "U+200B"),
    ("http://example.com/\ud800", "U+D800"),
    ("http://%31%32%37.0.0.1/", "strict IPv4"),
    ("http://a.com%2f.b.com/", HOST),
    ("http://xn--a.com\u0338/", HOST),
    ("http://a.com;b.com/", HOST),
    ("http://example.com/" + "a" * 2030, "2049 characters"),
    ("", "0 characters"),
]


@pytest.mark.parametrize(("url", "reason"), REFUSED)
def test_refused_without_a_lookup(url: str, reason: str) -> None:
    with pytest.raises(FetchRefused) as refusal:
        parse_url(url)
    assert refusal.value.code == "invalid_url"
    assert reason in refusal.value.log_detail
    assert refusal.value.detail.startswith("The URL ")


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("http://example.com", "http://example.com/"),
        ("HTTPS://Images.Example.COM./a.jpg", "https://images.example.com/a.jpg"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("http://example.com:443/a", "http://example.com:443/a"),
        (
            "http://münchen.de/straße.jpg?größe=1#x",
            "http://xn--mnchen-3ya.de/stra%C3%9Fe.jpg?gr%C3%B6%C3%9Fe=1",
        ),
        ("http://my_bucket.s3.amazonaws.com/a%20b.jpg?X-Sig=a%2Fb+c", None),
        (
            "https://r3---sn-4g5e6n7k.googlevideo.com/a?b=[1]|2",
            "https://r3---sn-4g5e6n7k.googlevideo.com/a?b=[1]%7C2",
        ),
        ("https://example.com?x=1", "https://example.com/?x=1"),
        ("http://8.8.8.8/a", None),
        ("http://[2606:4700::0001]:443/a", "http://[2606:4700::1]:443/a"),
    ],
)
def test_accepted_in_one_spelling(url: str, canonical: str | None) -> None:
    assert str(parse_url(url)) == (canonical or url)


def test_the_longest_url_is_accepted() -> None:
    url = "http://example.com/".ljust(2048, "a")
    assert str(parse_url(url)) == url
