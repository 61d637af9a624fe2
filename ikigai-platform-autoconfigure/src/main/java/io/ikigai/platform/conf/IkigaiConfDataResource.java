package io.ikigai.platform.conf;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.config.ConfigDataResource;

/**
 * The file that an {@code ikigai:<path>} import names.
 */
final class IkigaiConfDataResource extends ConfigDataResource {

	private final Path path;

	IkigaiConfDataResource(Path path) {
		this.path = path.toAbsolutePath().normalize();
	}

	Path getPath() {
		return this.path;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof IkigaiConfDataResource that && this.path.equals(that.path);
	}

	@Override
	public int hashCode() {
		return this.path.hashCode();
	}

	@Override
	public String toString() {
		return this.path.toString();
	}

}
