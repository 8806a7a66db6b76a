"""The shop as plain processes on one machine: private PostgreSQL, private RabbitMQ, departments, gateway."""
