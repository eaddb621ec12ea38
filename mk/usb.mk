# SPDX-License-Identifier: Apache-2.0
# libweir's way over USB, and its tests against an FT2232H that umockdev emulates.

# For whoever links libweir: sources and libraries.
USB_C := host/libweir/transport_usb.c host/libweir/usb_find.c host/libweir/ft2232h.c
USB_LIBS := -lusb-1.0
C_SOURCES += $(USB_C)
