"""How a request hands over its token: `Authorization: Bearer st.…`.

What is wrong with that is told by the header's form alone, never by the token, and nothing of it is
repeated: what stands where the scheme should may be the token itself.
"""

from __future__ import annotations

from collections.abc import Sequence

_RIGHT = "send 'Authorization: Bearer <service token>'"
MISSING = "Token missing"
NO_SCHEME = f"Authorization holds a service token without the scheme Bearer before it: {_RIGHT}"
OTHER_SCHEME = f"The scheme of Authorization is not Bearer: {_RIGHT}"
NO_TOKEN = f"Authorization holds the scheme Bearer and no token: {_RIGHT}"
SEVERAL = f"There is more than one Authorization header: {_RIGHT} once"

_TOKENS = ("st.", "stv3.")


def credentials(given: Sequence[str]) -> tuple[str, str]:
    """What follows the scheme in the only one of these headers; and, where that is nothing, why."""
    if not any(map(str.strip, given)):
        return "", MISSING
    if len(given) > 1:
        return "", SEVERAL
    scheme, *rest = given[0].split(maxsplit=1)
    if scheme.lower() != "bearer":
        return "", NO_SCHEME if scheme.startswith(_TOKENS) else OTHER_SCHEME
    return (rest[0], "") if rest else ("", NO_TOKEN)
