package io.ikigai.platform.listener;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compiles a class as a build without {@code -parameters} does.
 */
final class NamelessParameters {

	private NamelessParameters() {
	}

	/**
	 * Compiles a class with one method.
	 * @param directory an empty directory
	 * @param method its source, with all types fully qualified
	 * @return an object of the class
	 */
	static Object withMethod(Path directory, String method) {
		try {
			Path source = Files.writeString(directory.resolve("Nameless.java"),
					"public class Nameless { %s }".formatted(method));
			JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
			try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
				assertThat(compiler
					.getTask(null, files, null, List.of("-proc:none", "-d", directory.toString()), null,
							files.getJavaFileObjects(source))
					.call()).isTrue();
			}
			try (URLClassLoader loader = new URLClassLoader(new URL[] { directory.toUri().toURL() },
					NamelessParameters.class.getClassLoader())) {
				return loader.loadClass("Nameless").getConstructor().newInstance();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (ReflectiveOperationException ex) {
			throw new AssertionError(ex);
		}
	}

}
