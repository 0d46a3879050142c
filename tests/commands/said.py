"""What a reply says, for tests that look for words in it."""

from bot.reply import Bullets, Code, Facts, Link, Links, Paragraph, Reply


def everything(reply: Reply) -> str:
    """All the words of a reply."""
    said = [reply.text]
    for card in reply.cards:
        said += [card.title, card.label, card.warning, *card.footer]
        for block in card.blocks:
            match block:
                case Paragraph():
                    said += [block.text, block.source]
                case Bullets():
                    said += [block.heading, *block.items]
                case Facts():
                    said += [f"{name}: {value}" for name, value in block.rows]
                case Links(links):
                    said += [link.url for link in links if isinstance(link, Link)]
                case Code():
                    said.append(block.text)
    return "\n".join(said)
