"""The ready text that goes out with a join link, in three languages. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args
from urllib.parse import urlsplit

from config.model import Event
from config.times import Instant, to_datetime
from signaling.access.codes import grouped
from signaling.access.links import Link, url
from signaling.show.terms import Role

InvitationLanguage = Literal["de", "en", "ja"]
INVITATION_LANGUAGES: Final[tuple[InvitationLanguage, ...]] = get_args(InvitationLanguage)


@dataclass(frozen=True, slots=True)
class InvitationTexts:
    """The sentences of one language."""

    frame: str
    """With `title`, `name`, `how`, `url`, `site`, `code`, `until`."""
    date: str
    """For `strftime`."""
    how: dict[Role, str]
    """What to do with a link of each role."""
    watch_only: str
    """For a moderator whose link is read-only."""


TEXTS: Final[dict[InvitationLanguage, InvitationTexts]] = {
    "en": InvitationTexts(
        """{title}: your link, {name}

{url}

{how}

If the link does not open, go to {site} and type the code {code}.
The link is for you alone: please do not forward it. It is valid until {until}.""",
        "%d.%m.%Y, %H:%M (%Z)",
        {
            "moderator": "It opens the desk, from which you run the show. Use a laptop with Chrome, Edge or Firefox.",
            "venue": "Open it in Chrome or Edge on the hall's computer, with camera, mixer and loudspeakers plugged "
            "in, and choose them once. Then leave the page open until the end.",
            "guest": "Open it on a computer or phone with camera and microphone, if you can with headphones, half an "
            "hour before you are on. The page checks picture and sound with you. Plug the device in; on a phone switch "
            "on Do not disturb.",
            "interpreter": "Open it on the booth's computer with a headset plugged in. Each interpreter opens a page "
            "of their own by this link.",
            "viewer": "Open it to watch and to choose your language.",
            "stage": "Open it on the monitor in front of the speakers. It shows the time left, and needs nobody.",
        },
        "It opens the desk to look on. It changes nothing in the show.",
    ),
    "de": InvitationTexts(
        """{title}: Ihr Link, {name}

{url}

{how}

Falls sich der Link nicht öffnet: {site} aufrufen und den Code {code} eingeben.
Der Link ist nur für Sie: bitte nicht weiterleiten. Er gilt bis {until}.""",
        "%d.%m.%Y, %H:%M Uhr (%Z)",
        {
            "moderator": "Er öffnet die Regie, von der aus Sie die Sendung fahren. Am besten am Laptop mit Chrome, "
            "Edge oder Firefox.",
            "venue": "Bitte mit Chrome oder Edge am Saalrechner öffnen, Kamera, Mischpult und Lautsprecher "
            "angeschlossen, und diese einmal auswählen. Danach die Seite bis zum Ende offen lassen.",
            "guest": "Bitte eine halbe Stunde vor Ihrem Auftritt an einem Rechner oder Telefon mit Kamera und "
            "Mikrofon öffnen, möglichst mit Kopfhörern. Die Seite prüft mit Ihnen Bild und Ton. Bitte das Gerät ans "
            "Netz anschließen und am Telefon „Nicht stören“ einschalten.",
            "interpreter": "Bitte am Rechner der Kabine mit angeschlossenem Headset öffnen. Jede Dolmetscherin und "
            "jeder Dolmetscher öffnet mit diesem Link eine eigene Seite.",
            "viewer": "Zum Zuschauen öffnen; dort wählen Sie auch Ihre Sprache.",
            "stage": "Bitte auf dem Monitor vor der Bühne öffnen. Er zeigt die Restzeit und braucht keine Bedienung.",
        },
        "Er öffnet die Regie zum Zusehen. An der Sendung ändert er nichts.",
    ),
    "ja": InvitationTexts(
        """{title}：{name} 様のリンク

{url}

{how}

リンクが開かない場合は、{site} を開いてコード {code} を入力してください。
このリンクはご本人専用です。転送しないでください。有効期限：{until}""",
        "%Y年%m月%d日 %H:%M（%Z）",
        {
            "moderator": "進行卓が開きます。Chrome、Edge、Firefox のいずれかを使い、ノートパソコンで開いてください。",
            "venue": "カメラ、ミキサー、スピーカーをつないだ会場のパソコンで、Chrome または Edge で開き、"
            "機器を一度選んでください。その後は終了までページを開いたままにしてください。",
            "guest": "出番の30分前に、カメラとマイクのあるパソコンまたはスマートフォンで開いてください。"
            "できればヘッドホンをお使いください。画面の案内で映像と音声を確認できます。"
            "電源につなぎ、スマートフォンでは通知をオフにしてください。",
            "interpreter": "ヘッドセットをつないだブースのパソコンで開いてください。"
            "通訳者ごとに、このリンクで別々のページを開きます。",
            "viewer": "視聴用のリンクです。言語もここで選べます。",
            "stage": "ステージ前のモニターで開いてください。残り時間が表示されます。操作は不要です。",
        },
        "進行卓を閲覧専用で開きます。進行を変えることはできません。",
    ),
}


def invitation(
    language: InvitationLanguage, event: Event, link: Link, public_url: str, code: str, until: Instant
) -> str:
    """The text for the holder of a link, with times in the zone of its place."""
    texts = TEXTS[language]
    place = event.venues.get(link.id) or event.guests.get(link.id)
    zone = event.timezone if place is None else place.timezone
    return texts.frame.format(
        title=event.title,
        name=link.name,
        how=texts.watch_only if link.read_only else texts.how[link.role],
        url=url(public_url, code),
        site=urlsplit(public_url).netloc,
        code=grouped(code),
        until=to_datetime(until, zone).strftime(texts.date),
    )
