package io.ikigai.platform.stream;

import org.jspecify.annotations.Nullable;

import org.springframework.cloud.stream.provisioning.ProvisioningException;

/**
 * The names that destinations, partitions and groups have on the platform.
 */
final class StreamNames {

	private static final int LONGEST = 255;

	private StreamNames() {
	}

	static String of(String destination, @Nullable Integer partition, @Nullable String group) {
		String name = (partition != null) ? destination + "-" + partition : destination;
		return (group != null) ? name + "." + group : name;
	}

	/**
	 * Checks that the platform takes a name.
	 * @param name the name
	 * @param what what it is made of, for the message
	 * @return the name
	 */
	static String check(String name, String what) {
		if (name.isEmpty() || name.length() > LONGEST) {
			throw new ProvisioningException("%s makes a name of %d characters on the platform, where 1 to %d are taken"
				.formatted(what, name.length(), LONGEST));
		}
		return name;
	}

}
