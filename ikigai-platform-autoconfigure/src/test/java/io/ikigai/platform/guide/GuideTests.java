package io.ikigai.platform.guide;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the guide shows in Java is part of a class that the build compiles.
 */
class GuideTests {

	private static final Pattern JAVA = Pattern.compile("(?ms)^\\[source,java]\\n----\\n(.*?)^----$");

	private static final Pattern INCLUDE = Pattern.compile("include::(\\S+\\.java)\\[tag=(\\S+),indent=0]");

	private final Path docs = Path.of(System.getProperty("basedir", ""))
		.toAbsolutePath()
		.resolve("../src/docs")
		.normalize();

	@Test
	void takesItsJavaFromCompiledClasses() throws IOException {
		List<String> own = new ArrayList<>();
		int examples = 0;
		try (DirectoryStream<Path> pages = Files.newDirectoryStream(this.docs, "*.adoc")) {
			for (Path page : pages) {
				Matcher block = JAVA.matcher(Files.readString(page));
				while (block.find()) {
					for (String line : block.group(1).lines().filter((each) -> !each.isBlank()).toList()) {
						examples++;
						if (!isExample(line)) {
							own.add(page.getFileName() + ": " + line);
						}
					}
				}
			}
		}
		assertThat(own).isEmpty();
		assertThat(examples).isGreaterThan(40);
	}

	private boolean isExample(String line) throws IOException {
		Matcher include = INCLUDE.matcher(line);
		if (!include.matches()) {
			return false;
		}
		Path source = this.docs.resolve(include.group(1)).normalize();
		return source.toString().contains("/src/")
				&& Files.readString(source).contains("// tag::" + include.group(2) + "[]");
	}

}
