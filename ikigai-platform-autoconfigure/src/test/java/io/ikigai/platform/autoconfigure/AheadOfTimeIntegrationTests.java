package io.ikigai.platform.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import io.ikigai.platform.testservers.PostgresServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplicationAotProcessor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that {@code spring-boot:process-aot} has processed runs on the JVM with
 * {@code spring.aot.enabled=true}. The steps of the plugin, each in a process of its own:
 * the sources are generated, compiled, and run against a server.
 */
class AheadOfTimeIntegrationTests {

	private static final String CLASS_PATH = System.getProperty("java.class.path");

	@TempDir
	private Path directory;

	// That there is an address is decided when it is processed, and which one when it
	// runs
	@Test
	void runsAnApplicationThatWasProcessed() throws Exception {
		Path sources = this.directory.resolve("sources");
		Path resources = this.directory.resolve("resources");
		Path classes = this.directory.resolve("classes");
		List<String> processed = java(CLASS_PATH, SpringApplicationAotProcessor.class.getName(),
				AheadOfTimeApplication.class.getName(), sources.toString(), resources.toString(), classes.toString(),
				"io.ikigai", "ahead-of-time", "--ikigai.postgres.url=postgresql://build/nowhere");
		assertThat(processed).noneMatch((line) -> line.contains("ERROR"));
		compile(sources, classes);
		String metadata = Files
			.readString(resources.resolve("META-INF/native-image/io.ikigai/ahead-of-time/reachability-metadata.json"))
			.replace("\\/", "/");
		assertThat(Stream
			.of("io/ikigai/platform/postgres/schema/*.sql", ListenSocketFactory.class.getName(),
					"io.ikigai.platform.runtime.OutboxBody$Task")
			.filter((hint) -> !metadata.contains('"' + hint + '"'))).as("missing hints").isEmpty();
		List<String> arguments = new ArrayList<>(
				List.of("-Dspring.aot.enabled=true", AheadOfTimeApplication.class.getName()));
		arguments.addAll(List.of(TestApplication.on(PostgresServer.shared().freshDatabase())));
		assertThat(java(String.join(File.pathSeparator, classes.toString(), resources.toString(), CLASS_PATH),
				arguments.toArray(String[]::new)))
			.filteredOn((line) -> line.startsWith("> "))
			.containsExactlyInAnyOrder("> generated true", "> task Order[article=book, count=1]",
					"> task in a transaction Order[article=lamp, count=2]", "> message Order[article=chair, count=3]",
					"> topic Order[article=table, count=4]", "> cached 41 41");
	}

	private static void compile(Path sources, Path classes) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
				Stream<Path> generated = Files.walk(sources)) {
			List<Path> java = generated.filter((file) -> file.toString().endsWith(".java")).toList();
			assertThat(
					compiler
						.getTask(null, files, null,
								List.of("-d", classes.toString(), "-proc:none", "-nowarn", "-Xlint:none", "-classpath",
										classes + File.pathSeparator + CLASS_PATH),
								null, files.getJavaFileObjectsFromPaths(java))
						.call())
				.isTrue();
		}
	}

	private static List<String> java(String classPath, String... arguments) throws Exception {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
		command.addAll(List.of(arguments));
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
		builder.environment().put("CLASSPATH", classPath);
		Process process = builder.start();
		try {
			List<String> output = process.inputReader().lines().toList();
			assertThat(process.waitFor()).as(String.join("\n", output)).isZero();
			return output;
		}
		finally {
			process.destroyForcibly();
		}
	}

}
