"""The trade's kernel that departments share: working calendar, money, numbers, plates and VINs."""
