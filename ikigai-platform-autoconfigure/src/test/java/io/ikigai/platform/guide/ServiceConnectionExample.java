package io.ikigai.platform.guide;

import org.testcontainers.containers.GenericContainer;

import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The example of service connections, which is compiled: not every machine that builds
 * has a container engine.
 */
@Configuration(proxyBeanMethods = false)
class ServiceConnectionExample {

	// tag::nats[]
	@Bean
	@ServiceConnection("nats")
	GenericContainer<?> nats() {
		return new GenericContainer<>("nats:2.10").withCommand("--jetstream").withExposedPorts(4222);
	}
	// end::nats[]

}
