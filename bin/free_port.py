"""Says in one line when an address cannot be listened on. Usage: free_port.py HOST PORT."""

import socket
import sys


def main(host: str, port: str) -> int:
    """Return 0 when `host:port` is free, 1 with a sentence on standard error when not."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except (OSError, OverflowError) as error:
            sys.stderr.write(
                f"concord: cannot listen on {host}:{port} ({error}). Try: bin/serve --port 8001\n"
            )
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
