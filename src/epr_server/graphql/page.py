"""(being written)"""


def page(endpoint_path: str) -> bytes:
    return endpoint_path.encode()
