package io.ikigai.platform.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.assertj.core.api.AbstractDurationAssert;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * No test depends on how fast the machine is: the tests of a module wait through
 * {@link Waits} alone, and none asserts that something was fast. Each module has a
 * subclass, which looks at the test classes beside it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class WaitRulesTests {

	private static final Set<String> WAITS = Set.of("await", "get", "poll", "offer", "tryAcquire", "tryLock", "waitFor",
			"awaitTermination", "invokeAll", "invokeAny", "orTimeout", "completeOnTimeout");

	private static final Set<String> UPPER_BOUNDS = Set.of("isLessThan", "isLessThanOrEqualTo", "isBetween",
			"isStrictlyBetween", "isCloseTo");

	private static final Set<String> BOUNDS_OF_NUMBERS = Set.of("isLessThan", "isLessThanOrEqualTo", "isBetween",
			"isStrictlyBetween");

	private final List<JavaClass> tests = tests();

	private List<JavaClass> tests() {
		return new ClassFileImporter().importUrl(getClass().getProtectionDomain().getCodeSource().getLocation())
			.stream()
			.filter((type) -> !type.getName().matches(Waits.class.getName() + "(\\$.*)?"))
			.toList();
	}

	private Stream<JavaCodeUnit> code() {
		return this.tests.stream().flatMap((type) -> type.getCodeUnits().stream());
	}

	private List<String> calls(Predicate<JavaMethodCall> which) {
		return code().flatMap((code) -> code.getMethodCallsFromSelf().stream())
			.filter(which)
			.map(JavaMethodCall::getDescription)
			.toList();
	}

	private static boolean to(JavaMethodCall call, Class<?> owner, String... names) {
		return call.getTargetOwner().isAssignableTo(owner) && List.of(names).contains(call.getName());
	}

	@Test
	void looksAtTheTestsOfTheModule() {
		assertThat(this.tests).extracting(JavaClass::getName).contains(getClass().getName());
	}

	@Test
	void noTestSleeps() {
		assertThat(calls((call) -> to(call, Thread.class, "sleep") || to(call, TimeUnit.class, "sleep")
				|| to(call, LockSupport.class, "parkNanos", "parkUntil")))
			.as("A test waits for a condition, through Waits")
			.isEmpty();
	}

	@Test
	void conditionsHaveTheOneLimit() {
		assertThat(calls((call) -> to(call, Awaitility.class, call.getName()) || to(call, ConditionFactory.class,
				"atMost", "atLeast", "between", "during", "timeout", "forever", "pollDelay", "pollInterval")))
			.as("Waits.await() has the one limit and looks often. That nothing happens is shown by a later event, "
					+ "not by a pause")
			.isEmpty();
	}

	@Test
	void latchesFuturesQueuesAndProcessesHaveTheOneLimit() {
		assertThat(calls((call) -> call.getTargetOwner().getPackageName().startsWith("java.")
				&& WAITS.contains(call.getName()) && isLimited(call)))
			.as("Waits.open, value, next and end wait for them")
			.isEmpty();
		assertThat(
				calls((call) -> to(call, Thread.class, "join") && !call.getTarget().getRawParameterTypes().isEmpty()))
			.as("Waits.end waits for a thread")
			.isEmpty();
	}

	private static boolean isLimited(JavaMethodCall call) {
		List<JavaClass> parameters = call.getTarget().getRawParameterTypes();
		return !parameters.isEmpty() && parameters.get(parameters.size() - 1).isEquivalentTo(TimeUnit.class);
	}

	@Test
	void noTestHasToEndInTime() {
		assertThat(calls((call) -> to(call, Assertions.class, "assertTimeout", "assertTimeoutPreemptively")
				|| Set.of("succeedsWithin", "failsWithin").contains(call.getName())))
			.as("A test that hangs fails by the limit of what it waits for; Waits.value waits for a future")
			.isEmpty();
		assertThat(Stream.concat(
				this.tests.stream().filter((type) -> type.isAnnotatedWith(Timeout.class)).map(JavaClass::getName),
				code().filter((code) -> code.isAnnotatedWith(Timeout.class)).map(JavaCodeUnit::getFullName)))
			.as("A test that hangs fails by the limit of what it waits for")
			.isEmpty();
	}

	@Test
	void nothingHasToBeFast() {
		assertThat(calls((call) -> to(call, AbstractDurationAssert.class, call.getName())
				&& UPPER_BOUNDS.contains(call.getName())))
			.as("A slow machine is no mistake; speed is measured in benchmarks")
			.isEmpty();
		assertThat(code().filter((code) -> readsTheClock(code) && boundsANumber(code)).map(JavaCodeUnit::getFullName))
			.as("A slow machine is no mistake; speed is measured in benchmarks")
			.isEmpty();
	}

	private static boolean readsTheClock(JavaCodeUnit code) {
		return code.getMethodCallsFromSelf()
			.stream()
			.anyMatch((call) -> to(call, System.class, "nanoTime", "currentTimeMillis")
					|| to(call, Instant.class, "now") || to(call, Duration.class, "between"));
	}

	private static boolean boundsANumber(JavaCodeUnit code) {
		return code.getMethodCallsFromSelf()
			.stream()
			.anyMatch((call) -> BOUNDS_OF_NUMBERS.contains(call.getName()) && call.getTargetOwner()
				.getName()
				.matches("org\\.assertj\\.core\\.api\\.Abstract(Long|Integer|Double)Assert"));
	}

}
