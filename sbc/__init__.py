"""The SBC tier: documents, client, agent, Kamailio's configuration, lab. Imports nothing of ours."""
