package io.ikigai.platform.autoconfigure;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

import io.ikigai.platform.Platform;
import io.ikigai.platform.agent.AgentInfo;
import io.ikigai.platform.agent.AgentRegistry;
import io.ikigai.platform.agent.AgentStatus;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.TaskState;
import io.ikigai.platform.runtime.PayloadJson;
import io.ikigai.platform.testservers.PostgresDatabase;
import io.ikigai.platform.testservers.PostgresServer;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static io.ikigai.platform.testing.Waits.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The beans that the application gets, those that give way to its own, and those that
 * lazy initialization must not put off.
 */
class BeansIntegrationTests {

	private final PostgresDatabase database = PostgresServer.shared().freshDatabase();

	@Test
	void hasThePromisedNames() {
		runner().run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean("ikigaiPlatform")).isInstanceOf(Platform.class);
			assertThat(context.getBean("ikigaiAgentRegistry")).isInstanceOf(AgentRegistry.class);
			assertThat(context.getBean(AgentRegistry.class)).isSameAs(context.getBean(Platform.class).agents());
		});
	}

	@Test
	void leavesTheApplicationsFlywayAlone() {
		runner().withPropertyValues("spring.flyway.enabled=true").run((context) -> {
			assertThat(context).hasNotFailed();
			// The application's own, with its own history.
			assertThat(context).hasSingleBean(Flyway.class);
			assertThat(context.getBean(Flyway.class).getConfiguration().getTable()).isEqualTo("flyway_schema_history");
			assertThat(this.database.queryForText("SELECT to_regclass('ikigai_schema_history')")).isNotNull();
		});
	}

	@Test
	void givesWayToTheApplicationsBeans() {
		runner().withUserConfiguration(OwnBeans.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context).hasSingleBean(AgentRegistry.class).hasSingleBean(PayloadJson.class);
			assertThat(context.getBean(Platform.class).agents()).isInstanceOf(NoAgents.class);
			assertThatIllegalArgumentException()
				.isThrownBy(() -> context.getBean(Platform.class).queue("checks").enqueue("longer than ten"));
		});
	}

	@Test
	void worksWithoutActuatorAndValidation() {
		// The actuator's own auto-configurations would not be there either.
		String actuators = ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader())
			.getCandidates()
			.stream()
			.filter((name) -> name.matches("org\\.springframework\\.boot\\.(actuate|health|.*\\.actuate)\\..*"))
			.collect(Collectors.joining(","));
		runner().withPropertyValues("spring.autoconfigure.exclude=" + actuators)
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate",
					"org.springframework.boot.health", "jakarta.validation"))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context).hasSingleBean(Platform.class);
				assertThat(context).doesNotHaveBean("ikigaiEndpoint").doesNotHaveBean("ikigaiHealthIndicator");
			});
	}

	@Test
	void tellsThatMetricsNeedMicrometer() {
		runner().withPropertyValues("ikigai.telemetry.metrics.enabled=true")
			.withClassLoader(new FilteredClassLoader("io.micrometer.core"))
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(new PlatformConfigurationFailureAnalyzer().analyze(context.getStartupFailure()))
					.satisfies((analysis) -> {
						assertThat(analysis.getDescription()).contains("ikigai.telemetry.metrics.enabled");
						assertThat(analysis.getAction()).contains("spring-boot-starter-actuator");
					});
			});
	}

	@Test
	void tellsThatValuesNearNeedCaffeine() {
		runner().withPropertyValues("ikigai.cache.regions.prices.near.max-staleness=1m")
			.withClassLoader(new FilteredClassLoader("com.github.benmanes.caffeine"))
			.run((context) -> {
				assertThat(context).hasFailed();
				assertThat(new PlatformConfigurationFailureAnalyzer().analyze(context.getStartupFailure()))
					.satisfies((analysis) -> {
						assertThat(analysis.getDescription()).contains("ikigai.cache.regions.prices.near");
						assertThat(analysis.getAction()).contains("com.github.ben-manes.caffeine:caffeine");
					});
			});
	}

	@Test
	void registersAndListensThoughInitializationIsLazy() throws Exception {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Listening.class)
			.web(WebApplicationType.NONE)
			.lazyInitialization(true)
			.properties("spring.flyway.enabled=false", "ikigai.agent.name=lazy",
					"ikigai.postgres.url=" + this.database.url(),
					"ikigai.postgres.username=" + this.database.username(),
					"ikigai.postgres.password=" + this.database.password())
			.run()) {
			assertThat(this.database.queryForText("SELECT status FROM agent_registry WHERE name = 'lazy'"))
				.isEqualTo("running");
			assertThat(context.getBeanFactory().containsSingleton("listening")).isTrue();
			assertThat(context.getBeanFactory().containsSingleton("quiet")).isFalse();
			Platform platform = context.getBean(Platform.class);
			assertThat(platform.agents().self().status()).isEqualTo(AgentStatus.RUNNING);
			UUID id = platform.queue("checks").enqueue("https://example.org");
			await().until(() -> platform.queue("checks").find(id).orElseThrow().state() == TaskState.COMPLETED);
		}
	}

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner().withUserConfiguration(TestApplication.class)
			.withPropertyValues("spring.flyway.enabled=false", "ikigai.postgres.url=" + this.database.url(),
					"ikigai.postgres.username=" + this.database.username(),
					"ikigai.postgres.password=" + this.database.password());
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnBeans {

		@Bean
		AgentRegistry agents() {
			return new NoAgents();
		}

		@Bean
		PayloadJson payloads(JsonMapper mapper) {
			return new PayloadJson(mapper, 10);
		}

	}

	static class NoAgents implements AgentRegistry {

		@Override
		public AgentInfo self() {
			throw new UnsupportedOperationException();
		}

		@Override
		public List<AgentInfo> list() {
			return List.of();
		}

		@Override
		public Optional<AgentInfo> find(String name) {
			return Optional.empty();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Listening {

		@Bean
		Checks listening() {
			return new Checks();
		}

		@Bean
		String quiet() {
			return "quiet";
		}

	}

	static class Checks {

		@IkigaiTaskListener(queue = "checks")
		void check(String url) {
		}

	}

}
