"""What is known of hosts and of parameters of addresses: who shortens, who redirects, who follows people.

Short lists of our own. The ones there are as packages take too much off for an address that has to go on
working (`source`, `next`, `pid` and `email` are parts of the address on many sites), or cannot be installed
on every Python that we support. Here is only what means the same wherever it stands, or on one site.
"""

import re
from collections.abc import Container, Mapping, Sequence

TRACKING_PREFIXES = (
    "utm_",
    "mtm_",
    "hsa_",
    "bsft_",
    "itm_",
    "vero_",
    "oly_",
    "__hs",
    "_hs",
    "__cft__",
    "__tn__",
)
"""How parameters begin that say on which way somebody came, in small letters."""

# Which click it was (Google, Meta, Microsoft, X, TikTok, LinkedIn, Pinterest, Snap, Yandex, Reddit), and
# which letter, and to whom (Mailchimp, Marketo, HubSpot, MailerLite, beehiiv, Drip, Eloqua, Matomo).
_TRACKERS = """
gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid srsltid _ga _gl fbclid igshid igsh mibextid
fb_action_ids fb_action_types fb_source fb_ref msclkid twclid ref_src ttclid li_fat_id epik sccid yclid ysclid
_openstat rdt_cid irclickid ef_id s_kwcid wickedid rb_clickid _branch_match_id guccounter guce_referrer
guce_referrer_sig
mc_cid mc_eid mkt_tok hsctatracking ml_subscriber ml_subscriber_hash _bhlid __s elqtrackid elqaid elqat wt_mc
xtor pk_campaign pk_kwd pk_keyword pk_source pk_medium pk_content pk_cid
"""
TRACKERS = frozenset(_TRACKERS.split())
"""Parameters that say who came, or on which way, and no site needs; in small letters."""

BY_HOST: Mapping[str, frozenset[str]] = {
    "youtube.com": frozenset({"si", "feature", "pp", "ab_channel"}),
    "youtu.be": frozenset({"si", "feature"}),
    "spotify.com": frozenset({"si", "nd", "dlsi"}),
    "twitter.com": frozenset({"s", "t"}),
    "x.com": frozenset({"s", "t"}),
    "medium.com": frozenset({"source"}),
    "substack.com": frozenset({"r", "showwelcomeonshare", "triedredirect"}),
    "tiktok.com": frozenset({"_t", "_r", "is_from_webapp", "sender_device", "web_id"}),
    "linkedin.com": frozenset({"trk", "rcm", "originalsubdomain"}),
    "facebook.com": frozenset({"rdid", "share_url", "paipv", "eav"}),
}
"""What says that only on one site and those below it, in small letters."""

_SHORTENERS = """
0rz.tw 1url.cz 3.ly aka.ms amzn.eu amzn.to app.link apple.co bbc.in bit.do bit.ly bitly.com bitly.ws
bl.ink buff.ly chng.it clck.ru cli.gs cnn.it cutt.ly cutt.us dlvr.it dub.co dub.sh econ.st fb.me flip.it
g.co git.io goo.gl goo.su gu.com hubs.la hubs.li hubs.ly ift.tt is.gd j.mp kutt.it lnk.to lnkd.in
mtr.cool n9.cl nyti.ms onelink.me ow.ly page.link po.st ppt.cc qr.ae rb.gy rebrand.ly reut.rs s.id
shor.by short.gy short.io shorturl.at shorturl.fm smarturl.it snip.ly spoti.fi surl.li swll.to t.co t.ly
tiny.cc tiny.one tinyurl.com tny.im tr.ee tr.im trib.al u.nu urldefense.com urldefense.proofpoint.com
urlz.fr v.gd v.ht vu.fr w.wiki wapo.st wp.me x.gd zpr.io
"""
SHORTENERS = frozenset(_SHORTENERS.split())
"""Services that hide where an address leads, with all hosts below them.

Those that lead to one site alone, and say so (youtu.be, t.me, forms.gle), are not among them.
"""

DOORS: Sequence[tuple[re.Pattern[str], Sequence[str]]] = (
    (re.compile(r"(?:www\.)?google(?:\.[a-z]{2,3}){1,2}/url"), ("q", "url")),
    (re.compile(r"lm?\.(?:facebook|instagram|messenger|threads)\.com/(?:l\.php)?"), ("u",)),
    # These contain the mail address of whoever received the letter.
    (re.compile(r"[a-z0-9.-]+\.safelinks\.protection\.outlook\.com/.*"), ("url",)),
    (re.compile(r"(?:www\.|m\.)?youtube\.com/redirect"), ("q",)),
    (re.compile(r"out\.reddit\.com/.*"), ("url",)),
    (re.compile(r"duckduckgo\.com/l/"), ("uddg",)),
    (re.compile(r"slack-redir\.net/link"), ("url",)),
    (re.compile(r"t\.umblr\.com/redirect"), ("z",)),
    (re.compile(r"(?:www\.)?linkedin\.com/(?:redir/redirect|safety/go)/?"), ("url",)),
    (re.compile(r"(?:m\.)?vk\.com/away\.php"), ("to",)),
    (re.compile(r"steamcommunity\.com/linkfilter/?"), ("u", "url")),
)
"""Pages, as host and path, that send on to the address in one of these parameters and record who went."""

_UNREACHABLE = """
localhost local internal intranet lan home corp private localdomain invalid test example alt arpa i2p
"""
UNREACHABLE = frozenset(_UNREACHABLE.split())
"""Names that are nobody's on the Internet, by their last part.

Set aside in RFC 6761, 6762, 8375 and 9476, by ICANN (`internal`, `home`, `corp`), or by custom at home.
"""


def below(host: str, names: Container[str]) -> str | None:
    """The one of the names that a host is, or is part of: `www.bit.ly` is part of `bit.ly`."""
    labels = host.split(".")
    ends = (".".join(labels[start:]) for start in range(len(labels)))
    return next((end for end in ends if end in names), None)
