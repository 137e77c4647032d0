"""Command line: read the options, migrate the state file, serve on the loopback interface."""

import argparse
import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def option(parser: argparse.ArgumentParser, name: str, default: str, text: str) -> None:
    """Add `--name`; its default comes from STRIPE_SIMULATOR_NAME where that is set."""
    variable = "STRIPE_SIMULATOR_" + name.upper().replace("-", "_")
    parser.add_argument(
        f"--{name}",
        default=os.environ.get(variable, default),
        help=f"{text} (or {variable})",
        metavar="VALUE",
    )


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options; exits with code 2 on values that cannot work."""
    parser = argparse.ArgumentParser(prog="python -m billing.stripe_simulator", description=__doc__)
    option(parser, "port", "4242", "port on 127.0.0.1")
    option(parser, "state", "stripe-simulator.sqlite3", "SQLite file that keeps everything over a restart")
    option(parser, "api-key", "", "the one secret key it accepts, sk_test_…")
    option(parser, "webhook-url", "", "where events are delivered; none: they are only listed")
    option(parser, "webhook-secret", "", "whsec_…; several, comma-separated, sign as during a rotation")
    option(
        parser, "public-url", "", "address of the hosted pages, where it is not the one the API is called at"
    )
    option(
        parser, "retry-base", "1.0", "seconds before the first repeat of a failed delivery; doubles each time"
    )
    parser.add_argument("--die-with-parent", action="store_true", help="end when the starting process ends")
    options = parser.parse_args(arguments)
    if not options.api_key.startswith("sk_test_"):
        parser.error("--api-key must be a test key (sk_test_…); a live key has no business here")
    if options.webhook_url and not options.webhook_secret:
        parser.error("--webhook-url needs --webhook-secret: deliveries are always signed")
    if not options.port.isdigit():
        parser.error("--port must be a number")
    try:
        float(options.retry_base)
    except ValueError:
        parser.error("--retry-base must be a number of seconds")
    return options


def die_with_parent() -> None:
    """Ask the kernel for SIGTERM when the parent ends; leave at once if it already has."""
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(0)


def main() -> None:
    options = parse(sys.argv[1:])
    if options.die_with_parent:
        die_with_parent()
    for name in ("state", "api_key", "webhook_url", "webhook_secret", "public_url", "retry_base"):
        os.environ[f"STRIPE_SIMULATOR_{name.upper()}"] = getattr(options, name)
    # The starting process may carry the platform's settings in its environment.
    os.environ["DJANGO_SETTINGS_MODULE"] = "billing.stripe_simulator.settings"

    import django
    import uvicorn
    from django.core.asgi import get_asgi_application
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)

    from billing.stripe_simulator import clock, idempotency
    from billing.stripe_simulator.delivery import configure, courier

    clock.restore()
    idempotency.forget_interrupted()
    configure(options.webhook_url, options.webhook_secret)
    courier.start()
    try:
        uvicorn.run(
            get_asgi_application(),
            host="127.0.0.1",
            port=int(options.port),
            log_level="warning",
            lifespan="off",
        )
    finally:
        courier.stop()


if __name__ == "__main__":
    main()
