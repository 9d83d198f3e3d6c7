"""The presets there are: one file a pair."""

from engine.preset import Preset
from engine.presets import smart_crm_online_nutshell, smart_crm_online_pipedrive

PRESETS: dict[tuple[str, str], Preset] = {
    ("smart-crm-online", "pipedrive"): smart_crm_online_pipedrive.PRESET,
    ("smart-crm-online", "nutshell"): smart_crm_online_nutshell.PRESET,
}
"""By (source, destination)."""
