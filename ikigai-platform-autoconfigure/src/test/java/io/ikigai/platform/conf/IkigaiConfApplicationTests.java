package io.ikigai.platform.conf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@code ikigai.conf} imported by a running {@code SpringApplication}.
 */
@ExtendWith(OutputCaptureExtension.class)
class IkigaiConfApplicationTests {

	@TempDir
	Path directory;

	@Test
	void bindsProperties() throws IOException {
		write("[services]\nQUEUES = redis # comment");
		try (ConfigurableApplicationContext context = run(TypedApplication.class)) {
			assertThat(context.getBean(TestServices.class).queues()).isEqualTo(Backend.REDIS);
		}
	}

	@Test
	void namesFileAndLineOfWrongValue(CapturedOutput output) throws IOException {
		write("# services\n[services]\n\nqueues = foo   # wrong");
		assertThatException().isThrownBy(() -> run(TypedApplication.class));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Property: ikigai.services.queues")
			.contains("Value: \"foo\"")
			.contains("Origin: file [" + file() + "] - 4:10")
			.contains("REDIS");
	}

	@Test
	void namesFileAndLineOfUnknownKey(CapturedOutput output) throws IOException {
		write("[services]\nqueues = redis\nqueue = redis");
		assertThatException().isThrownBy(() -> run(TypedApplication.class));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Property: ikigai.services.queue")
			.contains("Origin: file [" + file() + "] - 3:9")
			.contains("The elements [ikigai.services.queue] were left unbound");
	}

	@Test
	void namesFileAndLineOfMalformedLine(CapturedOutput output) throws IOException {
		write("[services]\nqueues = redis\n[postgres]\npassword: hunter2");
		assertThatException().isThrownBy(() -> run(TypedApplication.class));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains(file() + ", line 4: 'password…' is neither 'key = value' nor '[section]'.")
			.contains("Write 'key = value', or begin the line with '#' to make it a comment.")
			.doesNotContain("hunter2")
			.doesNotContain("\tat ");
	}

	@Test
	void failsForMissingImport(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(TypedApplication.class));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Config data resource '" + file() + "' via location 'ikigai:" + file() + "' does not exist")
			.contains("prefix it with 'optional:'");
	}

	@Test
	void failsForImportWithoutPath(CapturedOutput output) {
		assertThatException()
			.isThrownBy(() -> application(TypedApplication.class).run("--spring.config.import=ikigai:"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Config data location 'ikigai:' does not exist");
	}

	@Test
	void startsWithoutOptionalImport() {
		try (ConfigurableApplicationContext context = application(TypedApplication.class)
			.run("--spring.config.import=optional:ikigai:" + file())) {
			assertThat(sources(context)).doesNotContain("ikigai.conf [" + file() + "]");
		}
	}

	@Test
	void lastImportWins() throws IOException {
		write("[services]\nqueues = redis\ncache = redis");
		Path second = Files.writeString(this.directory.resolve("second.conf"), "[services]\nqueues = postgres");
		try (ConfigurableApplicationContext context = application(PlainApplication.class)
			.run("--spring.config.import=ikigai:" + file() + ",ikigai:" + second)) {
			assertThat(context.getEnvironment().getProperty("ikigai.services.queues")).isEqualTo("postgres");
			assertThat(context.getEnvironment().getProperty("ikigai.services.cache")).isEqualTo("redis");
		}
	}

	@Test
	void keepsQuotedPlaceholdersInValueAnnotations() throws IOException {
		write("[test]\nliteral = \"a${user.home}b ${c\"\nhome = <${user.home}>");
		try (ConfigurableApplicationContext context = run(PlainApplication.class)) {
			PlainApplication application = context.getBean(PlainApplication.class);
			assertThat(application.literal).isEqualTo("a${user.home}b ${c");
			assertThat(application.home).isEqualTo("<" + System.getProperty("user.home") + ">");
		}
	}

	@Test
	void appearsOnceInParentAndChild() throws IOException {
		write("[services]\nqueues = redis");
		String argument = "--spring.config.import=ikigai:" + file();
		try (ConfigurableApplicationContext child = application(PlainApplication.class).child(TypedApplication.class)
			.web(WebApplicationType.NONE)
			.run(argument); ConfigurableApplicationContext other = run(TypedApplication.class)) {
			assertThat(sources(child)).containsExactly("ikigai.conf [" + file() + "]");
			assertThat(sources((ConfigurableApplicationContext) child.getParent())).hasSize(1);
			assertThat(sources(other)).hasSize(1);
		}
	}

	@Test
	void readsAgainForTheNextContext() throws IOException {
		write("[services]\nqueues = redis");
		run(TypedApplication.class).close();
		write("[services]\nqueues = postgres");
		try (ConfigurableApplicationContext context = run(TypedApplication.class)) {
			assertThat(context.getBean(TestServices.class).queues()).isEqualTo(Backend.POSTGRES);
		}
	}

	private ConfigurableApplicationContext run(Class<?> configuration) {
		return application(configuration).run("--spring.config.import=ikigai:" + file());
	}

	private static SpringApplicationBuilder application(Class<?> configuration) {
		return new SpringApplicationBuilder(configuration).web(WebApplicationType.NONE);
	}

	private static List<String> sources(@Nullable ConfigurableApplicationContext context) {
		assertThat(context).isNotNull();
		ConfigurableEnvironment environment = context.getEnvironment();
		return environment.getPropertySources()
			.stream()
			.filter(IkigaiConfReader::made)
			.map((source) -> source.getName())
			.toList();
	}

	private void write(String text) throws IOException {
		Files.writeString(file(), text);
	}

	private Path file() {
		return this.directory.resolve("ikigai.conf");
	}

	enum Backend {

		POSTGRES, REDIS

	}

	@ConfigurationProperties(prefix = "ikigai.services", ignoreUnknownFields = false)
	record TestServices(@Nullable Backend queues) {
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(TestServices.class)
	static class TypedApplication {

	}

	@Configuration(proxyBeanMethods = false)
	static class PlainApplication {

		@Value("${ikigai.test.literal:}")
		private String literal = "";

		@Value("${ikigai.test.home:}")
		private String home = "";

	}

}
