"""LTI 1.3: messages of learning platforms, checked and made. Knows neither the store nor the pages."""
