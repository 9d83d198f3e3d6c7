"""placeholder"""
PAIRS = ("smart-crm-online:pipedrive",)
def play(pair, folder, terminal):
    return 1
