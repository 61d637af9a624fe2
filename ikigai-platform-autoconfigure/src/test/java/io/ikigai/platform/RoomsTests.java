package io.ikigai.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rooms of the house and the arrows between them: what a class may see depends on the
 * package it lives in. A new package needs an entry here.
 */
class RoomsTests {

	private static final String ROOT = "io.ikigai.platform";

	private static final String[] API = { ROOT, ROOT + ".queue", ROOT + ".mailbox", ROOT + ".cache", ROOT + ".pubsub",
			ROOT + ".storage", ROOT + ".telemetry", ROOT + ".agent", ROOT + ".outbox" };

	/** The public types of each backend: its door and what is said at the door. */
	private static final Map<String, Set<String>> DOORS = Map.of("postgres",
			Set.of("PostgresBackend", "PostgresSettings", "SchemaMissingException", "SchemaNewerException",
					"TimescaledbBackend", "TimescaledbUnusableException"),
			"redis", Set.of("RedisBackend", "RedisSettings"), "rabbitmq", Set.of("RabbitmqBackend", "RabbitmqSettings"),
			"nats", Set.of("NatsBackend", "NatsSettings", "NatsUnusableException"), "influxdb",
			Set.of("InfluxdbBackend", "InfluxdbSettings", "InfluxdbUnusableException"));

	/** The rooms that each room may see, beside the API and itself. */
	private static final Map<String, Set<String>> ARROWS = new LinkedHashMap<>();
	static {
		Stream.of("caching", "conf", "embedded", "logback", "observation", "transaction")
			.forEach((room) -> ARROWS.put(room, Set.of()));
		Stream.of("listener", "micrometer").forEach((room) -> ARROWS.put(room, Set.of("observation")));
		ARROWS.put("runtime", Set.of("observation", "transaction"));
		ARROWS.put("ai", Set.of("runtime"));
		DOORS.keySet().forEach((backend) -> ARROWS.put(backend, Set.of()));
		ARROWS.put("postgres", Set.of("transaction"));
		Stream.of("health", "metrics", "endpoint")
			.forEach((room) -> ARROWS.put("autoconfigure." + room, Set.of("listener")));
		ARROWS.put("autoconfigure.container", Set.of("autoconfigure"));
		ARROWS.put("autoconfigure",
				Stream
					.concat(DOORS.keySet().stream(),
							Stream.of("runtime", "listener", "caching", "embedded", "logback", "micrometer",
									"observation", "ai", "transaction"))
					.collect(Collectors.toSet()));
	}

	/** Whose driver is whose. */
	private static final Map<String, Set<String>> DRIVERS = Map.of("org.postgresql..", Set.of("postgres", "embedded"),
			"org.flywaydb..", Set.of("postgres"), "org.springframework.data.redis..", Set.of("redis"), "io.lettuce..",
			Set.of("redis"), "org.springframework.amqp..", Set.of("rabbitmq"), "com.rabbitmq..", Set.of("rabbitmq"),
			"io.nats..", Set.of("nats"), "org.influxdb..", Set.of("influxdb"), "io.zonky..", Set.of("embedded"));

	private static final JavaClasses main = new ClassFileImporter().withImportOption((location) -> !isOfTests(location))
		.importPackages(ROOT);

	private static boolean isOfTests(Location location) {
		return location.contains("/test-classes/") || location.contains("-tests.jar");
	}

	static Set<String> rooms() {
		return ARROWS.keySet();
	}

	@Test
	void everyClassLivesInARoom() {
		Set<String> rooms = Stream.concat(Stream.of(API), ARROWS.keySet().stream().map((room) -> ROOT + "." + room))
			.collect(Collectors.toSet());
		assertThat(main).extracting(JavaClass::getPackageName).isSubsetOf(rooms).contains(ROOT, ROOT + ".postgres");
	}

	@Test
	void theApiSeesNothingButJava() {
		classes().that(resideInAnyPackage(API))
			.should()
			.onlyDependOnClassesThat(
					resideInAnyPackage(API).or(resideInAnyPackage("java..", "org.jspecify.annotations")))
			.check(main);
	}

	@ParameterizedTest
	@MethodSource("rooms")
	void aRoomSeesOnlyWhatItsArrowsPointAt(String room) {
		String[] seen = Stream
			.concat(Stream.of(API),
					Stream.concat(Stream.of(room), ARROWS.get(room).stream()).map((other) -> ROOT + "." + other))
			.toArray(String[]::new);
		classes().that(resideInAnyPackage(ROOT + "." + room))
			.should()
			.onlyDependOnClassesThat(resideOutsideOfPackage(ROOT + "..").or(resideInAnyPackage(seen)))
			.allowEmptyShould(true)
			.check(main);
	}

	@ParameterizedTest
	@MethodSource("rooms")
	void aRoomSeesNoDriverButItsOwn(String room) {
		String[] foreign = DRIVERS.entrySet()
			.stream()
			.filter((driver) -> !driver.getValue().contains(room))
			.map(Map.Entry::getKey)
			.toArray(String[]::new);
		noClasses().that(resideInAnyPackage(ROOT + "." + room))
			.and()
			.resideOutsideOfPackage(ROOT + ".autoconfigure")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage(foreign)
			.allowEmptyShould(true)
			.check(main);
	}

	@Test
	void noRoomsDependOnEachOtherInACircle() {
		SlicesRuleDefinition.slices().assignedFrom(new Rooms()).should().beFreeOfCycles().check(main);
	}

	@ParameterizedTest
	@MethodSource("rooms")
	void aBackendHasOneDoor(String room) {
		Set<String> doors = DOORS.get(room);
		if (doors != null) {
			assertThat(main).filteredOn((type) -> type.getPackageName().equals(ROOT + "." + room))
				.filteredOn((type) -> type.getModifiers().contains(JavaModifier.PUBLIC) && !type.isNestedClass())
				.extracting(JavaClass::getSimpleName)
				.isSubsetOf(doors);
		}
	}

	@Test
	void everyPackageIsNullMarked() {
		assertThat(main.stream().map(JavaClass::getPackage).distinct().toList()).isNotEmpty()
			.allSatisfy((room) -> assertThat(room.isAnnotatedWith(NullMarked.class)).as(room.getName()).isTrue());
	}

	@Test
	void nothingIsNamedForNothing() {
		assertThat(main).extracting(JavaClass::getPackageName)
			.noneMatch((name) -> name.matches(".*\\.(util|utils|support|common)(\\..*)?"));
		assertThat(main).extracting(JavaClass::getSimpleName)
			.noneMatch((name) -> name.matches(".*(Util|Utils|Helper|Helpers|Impl|Common)"));
	}

	@Test
	void noFileIsLong() throws IOException {
		Path root = Path.of(System.getProperty("basedir", "")).toAbsolutePath().resolve("..").normalize();
		Set<String> tooLong = new TreeSet<>();
		for (String module : List.of("ikigai-platform", "ikigai-platform-autoconfigure", "sample-agent",
				"sample-webapp")) {
			Path sources = root.resolve(module).resolve("src");
			if (Files.isDirectory(sources)) {
				try (Stream<Path> files = Files.walk(sources)) {
					files.filter((file) -> file.toString().endsWith(".java"))
						.filter((file) -> lines(file) > 400)
						.forEach((file) -> tooLong.add(root.relativize(file).toString()));
				}
			}
		}
		assertThat(Files.isDirectory(root.resolve("ikigai-platform/src/main/java"))).isTrue();
		assertThat(tooLong).isEmpty();
	}

	@Test
	void theSampleAgentIsReadInOneGo() throws IOException {
		Path sources = Path.of(System.getProperty("basedir", ""))
			.toAbsolutePath()
			.resolve("../sample-agent/src/main/java");
		long code = 0;
		try (Stream<Path> files = Files.walk(sources)) {
			for (Path file : files.filter((each) -> each.toString().endsWith(".java")).toList()) {
				code += Files.readAllLines(file)
					.stream()
					.map(String::strip)
					.filter((line) -> !line.isEmpty() && !line.matches("(?s)(/\\*|\\*|//|import |package ).*"))
					.count();
			}
		}
		assertThat(code).isBetween(200L, 400L);
	}

	private static long lines(Path file) {
		try (Stream<String> lines = Files.lines(file)) {
			return lines.count();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The API's packages are one room: its door names what every service offers.
	 */
	private static final class Rooms implements SliceAssignment {

		@Override
		public SliceIdentifier getIdentifierOf(JavaClass type) {
			String name = type.getPackageName();
			if (!name.startsWith(ROOT)) {
				return SliceIdentifier.ignore();
			}
			return SliceIdentifier.of(List.of(API).contains(name) ? "api" : name);
		}

		@Override
		public String getDescription() {
			return "rooms";
		}

	}

}
