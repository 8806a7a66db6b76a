"""The shop as plain processes on one machine: private PostgreSQL, private RabbitMQ, departments, gateway.

``shop`` is the shop of this checkout: ``shop.stop_service("parts", kill=True)``, ``shop.stop_broker()``.
"""

import os

from tools.native.layout import Layout
from tools.native.running import Shop

shop = Shop(Layout.of(os.environ))

__all__ = ["Layout", "Shop", "shop"]
