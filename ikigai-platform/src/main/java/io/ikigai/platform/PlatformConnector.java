package io.ikigai.platform;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link Platform} outside an application. Found by
 * {@link java.util.ServiceLoader}; {@code ikigai-platform-autoconfigure} brings the one
 * implementation.
 */
public interface PlatformConnector {

	/**
	 * Connects.
	 * @param ikigaiConf the configuration file, or {@code null} to look in the usual
	 * places
	 * @return the platform, which its user closes
	 */
	Platform connect(@Nullable Path ikigaiConf);

}
