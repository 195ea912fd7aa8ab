"""Where the steps of a scan run: in processes of this machine, or on a cluster."""
