"""Smart CRM Online to Nutshell, end to end: real processes, over HTTP."""
