"""Codes of countries: an address takes two letters, and people write names."""

_NAMES = (
    "AD Andorra|AE United Arab Emirates|AF Afghanistan|AG Antigua and Barbuda|AL Albania|AM Armenia|AO Angola"
    "|AR Argentina|AT Austria|AT Österreich|AU Australia|AZ Azerbaijan|BA Bosnia and Herzegovina|BB Barbados"
    "|BD Bangladesh|BE Belgium|BF Burkina Faso|BG Bulgaria|BH Bahrain|BI Burundi|BJ Benin|BM Bermuda|BN Brunei"
    "|BO Bolivia|BR Brazil|BR Brasil|BS Bahamas|BS The Bahamas|BT Bhutan|BW Botswana|BY Belarus|BZ Belize|CA Canada"
    "|CD Democratic Republic of the Congo|CF Central African Republic|CG Congo|CH Switzerland|CH Schweiz|CH Suisse"
    "|CI Ivory Coast|CI Côte d'Ivoire|CL Chile|CM Cameroon|CN China|CO Colombia|CR Costa Rica|CU Cuba|CV Cape Verde"
    "|CY Cyprus|CZ Czech Republic|CZ Czechia|DE Germany|DE Deutschland|DJ Djibouti|DK Denmark|DK Danmark|DM Dominica"
    "|DO Dominican Republic|DZ Algeria|EC Ecuador|EE Estonia|EG Egypt|ER Eritrea|ES Spain|ES España|ET Ethiopia"
    "|FI Finland|FJ Fiji|FM Micronesia|FR France|GA Gabon|GB United Kingdom|GB UK|GB U.K.|GB Great Britain|GB England"
    "|GB Scotland|GB Wales|GB Northern Ireland|GD Grenada|GE Georgia|GH Ghana|GM Gambia|GN Guinea"
    "|GQ Equatorial Guinea|GR Greece|GT Guatemala|GW Guinea-Bissau|GY Guyana|HK Hong Kong|HN Honduras|HR Croatia"
    "|HT Haiti|HU Hungary|ID Indonesia|IE Ireland|IL Israel|IN India|IQ Iraq|IR Iran|IS Iceland|IT Italy|IT Italia"
    "|JM Jamaica|JO Jordan|JP Japan|KE Kenya|KG Kyrgyzstan|KH Cambodia|KI Kiribati|KM Comoros"
    "|KN Saint Kitts and Nevis|KP North Korea|KR South Korea|KR Korea|KR Republic of Korea|KW Kuwait"
    "|KY Cayman Islands|KZ Kazakhstan|LA Laos|LB Lebanon|LC Saint Lucia|LI Liechtenstein|LK Sri Lanka|LR Liberia"
    "|LS Lesotho|LT Lithuania|LU Luxembourg|LV Latvia|LY Libya|MA Morocco|MC Monaco|MD Moldova|ME Montenegro"
    "|MG Madagascar|MH Marshall Islands|MK North Macedonia|MK Macedonia|ML Mali|MM Myanmar|MN Mongolia|MO Macao"
    "|MR Mauritania|MT Malta|MU Mauritius|MV Maldives|MW Malawi|MX Mexico|MX México|MY Malaysia|MZ Mozambique"
    "|NA Namibia|NE Niger|NG Nigeria|NI Nicaragua|NL Netherlands|NL The Netherlands|NL Holland|NL Nederland|NO Norway"
    "|NO Norge|NP Nepal|NR Nauru|NZ New Zealand|OM Oman|PA Panama|PE Peru|PG Papua New Guinea|PH Philippines"
    "|PK Pakistan|PL Poland|PL Polska|PR Puerto Rico|PS Palestine|PT Portugal|PW Palau|PY Paraguay|QA Qatar"
    "|RO Romania|RS Serbia|RU Russia|RU Russian Federation|RW Rwanda|SA Saudi Arabia|SB Solomon Islands|SC Seychelles"
    "|SD Sudan|SE Sweden|SE Sverige|SG Singapore|SI Slovenia|SK Slovakia|SL Sierra Leone|SM San Marino|SN Senegal"
    "|SO Somalia|SR Suriname|SS South Sudan|ST Sao Tome and Principe|SV El Salvador|SY Syria|SZ Eswatini|TD Chad"
    "|TG Togo|TH Thailand|TJ Tajikistan|TL Timor-Leste|TM Turkmenistan|TN Tunisia|TO Tonga|TR Turkey|TR Türkiye"
    "|TT Trinidad and Tobago|TV Tuvalu|TW Taiwan|TZ Tanzania|UA Ukraine|UG Uganda|US United States"
    "|US United States of America|US USA|US U.S.A.|US U.S.|US America|UY Uruguay|UZ Uzbekistan|VA Vatican City"
    "|VC Saint Vincent and the Grenadines|VE Venezuela|VN Vietnam|VN Viet Nam|VU Vanuatu|WS Samoa|XK Kosovo|YE Yemen"
    "|ZA South Africa|ZM Zambia|ZW Zimbabwe"
)
_CODES = {name[3:].casefold(): name[:2] for name in _NAMES.split("|")}
_KNOWN = frozenset(_CODES.values())


def code_of(country: str) -> str:
    """The code of a country given by its name or by its code, in either case; empty where nobody knows it.

    Source of the codes: ISO 3166-1; beside the English names, those that people write in their own language.
    """
    text = country.strip()
    if len(text) == 2 and (text.upper() in _KNOWN or text.isupper()):
        return text.upper() if text.casefold() not in _CODES else _CODES[text.casefold()]
    return _CODES.get(text.casefold(), "")
