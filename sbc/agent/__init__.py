"""The node's side: a service beside Kamailio that stores documents durably, applies and reads them back."""
