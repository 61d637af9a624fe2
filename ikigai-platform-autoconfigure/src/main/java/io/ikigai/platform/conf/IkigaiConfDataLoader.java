package io.ikigai.platform.conf;

import java.nio.file.Files;
import java.util.List;

import org.springframework.boot.context.config.ConfigData;
import org.springframework.boot.context.config.ConfigDataLoader;
import org.springframework.boot.context.config.ConfigDataLoaderContext;
import org.springframework.boot.context.config.ConfigDataResourceNotFoundException;

/**
 * Reads the file that an {@code ikigai:<path>} import names. Boot ranks it like any other
 * import; {@link IkigaiConfEnvironmentPostProcessor} moves it to where it belongs.
 */
class IkigaiConfDataLoader implements ConfigDataLoader<IkigaiConfDataResource> {

	@Override
	public ConfigData load(ConfigDataLoaderContext context, IkigaiConfDataResource resource) {
		// Not throwIfDoesNotExist(): a file that cannot be looked at is not missing
		if (Files.notExists(resource.getPath())) {
			throw new ConfigDataResourceNotFoundException(resource);
		}
		return new ConfigData(List.of(new IkigaiConfReader(Variables.ofProcess()).read(resource.getPath())));
	}

}
