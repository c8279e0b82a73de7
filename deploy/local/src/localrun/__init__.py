"""The whole suite on one machine, without containers: servers, services, supervision."""
