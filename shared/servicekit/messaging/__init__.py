"""The messaging core: log, delivery once and in order, retransmission, operator's tools."""
