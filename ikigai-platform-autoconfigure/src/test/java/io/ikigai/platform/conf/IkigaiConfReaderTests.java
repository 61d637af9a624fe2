package io.ikigai.platform.conf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link IkigaiConfReader}.
 */
class IkigaiConfReaderTests {

	private final IkigaiConfReader reader = new IkigaiConfReader(
			new Variables(Map.of("DB_PASSWORD", "p${x}w", "PORT", "1")::get));

	@TempDir
	Path directory;

	@Test
	void namesPropertiesAndKeepsTheirOrigin() {
		PropertySource<?> source = read("""
				[postgres]
				embedded.port = ${PORT}   # the port
				[storage.collections]
				notes.language = german
				[unknown]
				any = thing
				""");
		assertThat(((EnumerablePropertySource<?>) source).getPropertyNames()).containsExactly(
				"ikigai.postgres.embedded.port", "ikigai.storage.collections.notes.language", "ikigai.unknown.any");
		assertThat(source.getProperty("ikigai.postgres.embedded.port")).isEqualTo("1");
		assertThat(source.getName()).isEqualTo("ikigai.conf [" + file() + "]");
		assertThat(OriginLookup.getOrigin(source, "ikigai.storage.collections.notes.language"))
			.hasToString("file [" + file() + "] - 4:18");
	}

	@ParameterizedTest
	@CsvSource({ "Services, QUEUES", "services, queues", "SERVICES, que-ues", "services, que_ues", "services, queUes" })
	void leavesSpellingToRelaxedBinding(String section, String key) {
		StandardEnvironment environment = environment(read("[" + section + "]\n" + key + " = redis"));
		assertThat(Binder.get(environment).bind("ikigai.services.queues", String.class).orElse(null))
			.isEqualTo("redis");
		assertThat(environment.getProperty("ikigai.services.queues")).isEqualTo("redis");
	}

	@Test
	void keepsNamesThatAreNoPropertyNamesFromMeaningOthers() {
		StandardEnvironment environment = environment(read("""
				[services]
				que ues = redis
				[My Tool]
				Every Hour = yes
				größe = 5
				[storage]
				collections[my.notes].language = german
				"""));
		Binder binder = Binder.get(environment);
		assertThat(binder.bind("ikigai.services.queues", String.class).isBound()).isFalse();
		assertThat(binder.bind("ikigai[My Tool]", Bindable.mapOf(String.class, String.class)).get())
			.containsEntry("Every Hour", "yes")
			.containsEntry("größe", "5");
		assertThat(binder.bind("ikigai.storage.collections[my.notes].language", String.class).get())
			.isEqualTo("german");
	}

	@Test
	void takesVariablesLiterallyAndOnce() {
		StandardEnvironment environment = environment(read("[a]\npassword = <${DB_PASSWORD}>\nx = \"${PORT}\""));
		assertThat(environment.getProperty("ikigai.a.password")).isEqualTo("<p${x}w>");
		assertThat(environment.getProperty("ikigai.a.x")).isEqualTo("${PORT}");
	}

	@Test
	void refusesUnresolvableVariable() {
		assertRefused("[postgres]\n\nurl = postgresql://me:hunter2${NONE}@host/db",
				"line 3: the value of 'url' in [postgres] uses ${NONE}, which is not set.");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			[a];b.c = 1;b.c = 2                | ikigai.a.b.c
			[a];max-attempts = 1;maxAttempts=2 | ikigai.a.maxAttempts
			[a.b];c = 1;[x];[a];b.c = 2        | ikigai.a.b.c
			[a];b = 1;[a];B = 1                | ikigai.a.B
			""")
	void refusesDuplicate(String lines, String name) {
		assertRefused(lines.replace(';', '\n'), "'" + name + "' is set a second time, first in line 2.");
	}

	@Test
	void refusesUnpairedBracketInName() {
		assertRefused("[a]\nb]c = 1", "line 2: '[a] b]c' cannot be a property.");
	}

	@Test
	void refusesWhatIsNotUtf8() throws IOException {
		Files.write(file(), "[a]\r\nb = ä\r\nc = ö".getBytes(StandardCharsets.ISO_8859_1));
		assertThatExceptionOfType(IkigaiConfException.class).isThrownBy(() -> this.reader.read(file()))
			.withMessageContaining(file() + ", line 2: there is a byte that is not UTF-8.");
		Files.write(file(), "[a]\n".getBytes(StandardCharsets.UTF_16));
		assertThatExceptionOfType(IkigaiConfException.class).isThrownBy(() -> this.reader.read(file()))
			.withMessageContaining(file() + ", line 1: there is a byte that is not UTF-8.");
	}

	@Test
	void refusesWhatIsNoReadableFile() {
		assertThatExceptionOfType(IkigaiConfException.class).isThrownBy(() -> this.reader.read(this.directory))
			.withMessageContaining("is a directory");
		assertThatExceptionOfType(IkigaiConfException.class).isThrownBy(() -> this.reader.read(file()))
			.withMessageContaining(file().toString())
			.withMessageContaining("NoSuchFileException");
	}

	private void assertRefused(String text, String problem) {
		assertThatExceptionOfType(IkigaiConfException.class).isThrownBy(() -> read(text))
			.withMessageStartingWith(file().toString())
			.withMessageContaining(problem)
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("hunter2"));
	}

	private PropertySource<?> read(String text) {
		try {
			return this.reader.read(Files.writeString(file(), text));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Path file() {
		return this.directory.resolve("ikigai.conf");
	}

	private static StandardEnvironment environment(PropertySource<?> source) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addLast(source);
		ConfigurationPropertySources.attach(environment);
		return environment;
	}

}
