<?php

class VoucherGateway
{
    private mysqli $db;

    public function __construct(mysqli $db)
    {
        $this->db = $db;
    }

    public function markUsed(string $code, int $orderId): bool
    {
        $sql = sprintf(
            "UPDATE vouchers SET order_id = %d WHERE code = '%s' AND order_id IS NULL",
            $orderId,
            $code
        );
        $this->db->query($sql);

        return $this->db->affected_rows === 1;
    }
}
