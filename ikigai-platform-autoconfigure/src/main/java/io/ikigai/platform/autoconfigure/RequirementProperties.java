package io.ikigai.platform.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the application insists on.
 *
 * @param require the least that must hold within transactions; the application does not
 * start with less
 */
@ConfigurationProperties(prefix = "ikigai")
public record RequirementProperties(@DefaultValue("none") Requirement require) {

	/** What may be required. */
	public enum Requirement {

		/** Nothing. */
		NONE,

		/** All that takes part in transactions is part of them, whatever happens. */
		ATOMIC

	}

}
