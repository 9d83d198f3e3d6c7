"""The presets there are: one file a source; `engine.words` has what its words become at each destination."""

from engine.preset import Preset
from engine.presets import results, smart_crm_online

PRESETS: dict[str, Preset] = {
    "results": results.PRESET,
    "smart-crm-online": smart_crm_online.PRESET,
}
"""By source."""
