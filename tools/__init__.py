"""Running the shop: native servers, gateway, containers and the choice between them."""
