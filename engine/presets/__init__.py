"""The presets there are: one file a source; `engine.words` has what its words become at each destination."""

from engine.preset import Preset
from engine.presets import improveit_360, pro_sales_crm, promoxcrm, results, smart_crm_online

PRESETS: dict[str, Preset] = {
    "improveit-360": improveit_360.PRESET,
    "pro-sales-crm": pro_sales_crm.PRESET,
    "promoxcrm": promoxcrm.PRESET,
    "results": results.PRESET,
    "smart-crm-online": smart_crm_online.PRESET,
}
"""By source."""
