package io.ikigai.platform.autoconfigure;

import java.net.InetAddress;
import java.net.UnknownHostException;

import org.springframework.core.env.Environment;

/**
 * Who this application is, where its properties leave it open.
 */
final class AgentIdentity {

	private AgentIdentity() {
	}

	static String name(AgentProperties properties, Environment environment) {
		return (properties.name() != null) ? properties.name()
				: environment.getProperty("spring.application.name", "application");
	}

	static String version(AgentProperties properties, Environment environment) {
		return (properties.version() != null) ? properties.version()
				: environment.getProperty("spring.application.version", "unknown");
	}

	static String server() {
		try {
			return InetAddress.getLocalHost().getHostName();
		}
		catch (UnknownHostException ex) {
			// A host without a name in its own resolver; the address must do.
			return InetAddress.getLoopbackAddress().getHostAddress();
		}
	}

}
