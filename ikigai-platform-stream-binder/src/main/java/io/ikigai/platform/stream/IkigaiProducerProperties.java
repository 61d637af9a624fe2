package io.ikigai.platform.stream;

/**
 * What a producer of this binder can be told beside what Spring Cloud Stream knows.
 */
public class IkigaiProducerProperties {

	/**
	 * What the destination is on the platform.
	 */
	private DestinationType destinationType = DestinationType.PUBLISH_SUBSCRIBE;

	/**
	 * Returns what the destination is on the platform.
	 * @return the type
	 */
	public DestinationType getDestinationType() {
		return this.destinationType;
	}

	/**
	 * Sets what the destination is on the platform.
	 * @param destinationType the type
	 */
	public void setDestinationType(DestinationType destinationType) {
		this.destinationType = destinationType;
	}

}
