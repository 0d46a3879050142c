"""A mention before a post, whatever the post is."""

from hypothesis import given, settings

from bot.platforms.discord.render import page
from bot.reply import Reply
from tests.platforms.discord_pages import EN, Controls, payload, within_limits
from tests.platforms.long_replies import big_replies


@settings(deadline=None, max_examples=40)
@given(big_replies)
def test_there_is_room_for_a_mention(reply: Reply) -> None:
    """Whatever else is in the message, which stays within what Discord takes."""
    mention = f"<@&{2**64}>"
    made = page(reply, 0, Controls(), EN, opening=mention)
    within_limits(made, 3)
    assert payload(made)[0]["content"] == mention
