"""HTML on standard input, PDF on standard output. Runs alone, in a child process.

Nothing but `data:` is fetched, and no redirect is followed. Its arguments are the
seconds and bytes it may take; it limits itself, since a threaded parent cannot.
"""

import resource
import sys
from typing import Final

NO_LIBRARY: Final = 3


def main(time_s: int, memory_bytes: int) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (time_s, time_s))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    try:
        import weasyprint  # noqa: PLC0415 - loading it is what may fail
        from weasyprint.urls import URLFetcher  # noqa: PLC0415
    except OSError as error:
        sys.stderr.write(str(error).splitlines()[0])
        return NO_LIBRARY
    fetcher = URLFetcher(
        allowed_protocols={"data"}, allow_redirects=False, fail_on_errors=False
    )
    page = weasyprint.HTML(string=sys.stdin.buffer.read().decode(), url_fetcher=fetcher)
    page.write_pdf(sys.stdout.buffer, pdf_variant="pdf/ua-1")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
