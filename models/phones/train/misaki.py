"""espeak-ng's IPA -> the phoneme letters that hibari (a Kokoro child) reads."""

import re


# Diphthongs and affricates are one letter there; length is not written.
LETTERS = [
    ("aɪɚ", "Iəɹ"), ("aɪə", "Iə"), ("eɪ", "A"), ("aɪ", "I"), ("aʊ", "W"), ("oʊ", "O"), ("əʊ", "O"), ("ɔɪ", "Y"), ("tʃ", "ʧ"), ("dʒ", "ʤ"),
    ("ɚ", "əɹ"), ("ɜ", "ɜɹ"), ("ɐ", "ə"), ("ɬ", "l"), ("r", "ɹ"), ("x", "k"), ("ç", "ʃ"), ("ʔ", "t"), ("̩", ""), ("ː", ""), ("-", ""), ("g", "ɡ"),
    ("o", "ɔ"), ("e", "A"), ("ɾ", "T"),
]


def to_misaki(ipa: str) -> str:
    """One line of `espeak-ng --ipa --sep=_`, e.g. `k_ˈɔː_l m_ˈɚ_ɹ_i` -> `kˈɔl mˈəɹɹi`."""
    text = re.sub(r"\([a-z0-9-]+\)", " ", ipa).replace("_", "")
    for old, new in LETTERS:
        text = text.replace(old, new)
    text = re.sub("ɹɹ+", "ɹ", text)
    return re.sub(r"\s+", " ", text).strip() + "."
