"""Domains that hand out mailboxes to everyone: such an address says nothing about an employer."""

_INTERNATIONAL = """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com
    rocketmail.com aol.com icloud.com me.com mac.com proton.me protonmail.com pm.me tutanota.com
    tuta.io fastmail.com hey.com zoho.com zohomail.com mail.com gmx.com gmx.net hushmail.com
    inbox.com
"""
_EUROPE = """
    yahoo.co.uk hotmail.co.uk live.co.uk outlook.fr btinternet.com sky.com gmx.de gmx.at gmx.ch
    web.de t-online.de freenet.de posteo.de mailbox.org yahoo.de hotmail.de orange.fr free.fr
    laposte.net wanadoo.fr yahoo.fr hotmail.fr libero.it virgilio.it yahoo.it hotmail.it hotmail.es
    yahoo.es ziggo.nl telenet.be bluewin.ch wp.pl o2.pl seznam.cz mail.ru yandex.ru yandex.com
    ukr.net
"""
_AMERICA = """
    comcast.net verizon.net att.net cox.net bol.com.br uol.com.br terra.com.br hotmail.com.br
    yahoo.com.br yahoo.ca hotmail.ca yahoo.com.mx
"""
_ASIA = """
    qq.com 163.com 126.com sina.com naver.com daum.net yahoo.co.jp yahoo.co.in rediffmail.com
    bigpond.com yahoo.com.au
"""
FREE_MAIL_DOMAINS = frozenset((_INTERNATIONAL + _EUROPE + _AMERICA + _ASIA).split())


def is_free_mail(domain: str) -> bool:
    """Whether `domain` (lower case, without @) is one of them."""
    return domain in FREE_MAIL_DOMAINS
