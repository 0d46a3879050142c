"""Texts that are addresses, or nearly."""

from hypothesis import provisional as urls
from hypothesis import strategies as st

PIECES = st.sampled_from(
    [
        "http://",
        "https://",
        "//",
        "www.",
        "example.org",
        "bücher.de",
        "m.",
        "/a",
        "?b=1",
        "&utm_source=x",
        "#c",
        "#!/d",
        "mailto:",
        "tel:",
        "+1 416 555 0100",
        "a@example.org",
        "javascript:",
        "%E2%80%8B",
        "%2F",
        "%",
        "\\",
        "@",
        ":80",
        "127.0.0.1",
        "0x7f.1",
        "localhost",
        "bit.ly",
        "google.com/url?q=",
        "раура",
        "xn--",
        ".",
        " ",
        "\u202e",
        "\ud800",
    ]
)
TYPED = st.one_of(st.text(), st.lists(PIECES, max_size=8).map("".join), urls.urls())
