package io.ikigai.platform.conf;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@code ikigai.conf} below the properties of a test.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE,
		classes = IkigaiConfSpringBootTests.TestConfiguration.class,
		properties = { "spring.config.import=ikigai:src/test/resources/io/ikigai/platform/conf/test.conf",
				"ikigai.services.queues=of-the-test" })
@TestPropertySource(properties = "ikigai.services.pubsub=of-the-property-source")
class IkigaiConfSpringBootTests {

	@Autowired
	private Environment environment;

	@Test
	void ranksBelowThePropertiesOfATest() {
		assertThat(this.environment.getProperty("ikigai.services.queues")).isEqualTo("of-the-test");
		assertThat(this.environment.getProperty("ikigai.services.pubsub")).isEqualTo("of-the-property-source");
		assertThat(this.environment.getProperty("ikigai.services.cache")).isEqualTo("redis");
	}

	@Configuration(proxyBeanMethods = false)
	static class TestConfiguration {

	}

}
