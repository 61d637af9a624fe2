package io.ikigai.platform.conf;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

import org.springframework.boot.context.config.ConfigDataLocation;
import org.springframework.boot.context.config.ConfigDataLocationNotFoundException;
import org.springframework.boot.context.config.ConfigDataLocationResolver;
import org.springframework.boot.context.config.ConfigDataLocationResolverContext;

/**
 * Understands {@code spring.config.import=ikigai:<path>}. A relative path starts at the
 * working directory.
 */
class IkigaiConfDataLocationResolver implements ConfigDataLocationResolver<IkigaiConfDataResource> {

	private static final String PREFIX = "ikigai:";

	@Override
	public boolean isResolvable(ConfigDataLocationResolverContext context, ConfigDataLocation location) {
		return location.hasPrefix(PREFIX);
	}

	@Override
	public List<IkigaiConfDataResource> resolve(ConfigDataLocationResolverContext context,
			ConfigDataLocation location) {
		String path = location.getNonPrefixedValue(PREFIX).strip();
		try {
			if (path.isEmpty()) {
				throw new InvalidPathException(path, "no path after '" + PREFIX + "'");
			}
			return List.of(new IkigaiConfDataResource(Path.of(path)));
		}
		catch (InvalidPathException ex) {
			throw new ConfigDataLocationNotFoundException(location, "'" + location + "' names no file", ex);
		}
	}

}
