"""Which model embeds, describes and reads: one of a service, one installed here, or the one that ships."""
