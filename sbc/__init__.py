"""The SBC tier: documents, the client of the node agent, the agent, Kamailio's configuration, the lab. Imports nothing of ours."""
