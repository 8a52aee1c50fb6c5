<?php

declare(strict_types=1);

namespace App\Controller;

use Doctrine\DBAL\Connection;
use Symfony\Bundle\FrameworkBundle\Controller\AbstractController;
use Symfony\Component\HttpFoundation\JsonResponse;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\Routing\Attribute\Route;

class ExportController extends AbstractController
{
    #[Route('/export/contracts', methods: ['GET'])]
    public function contracts(Request $request, Connection $connection): JsonResponse
    {
        $sort = $request->query->get('sort', 'signed_on');
        $sql = 'SELECT id, partner, signed_on FROM contract WHERE tenant_id = :tenant ORDER BY ' . $sort;
        $rows = $connection->fetchAllAssociative($sql, [
            'tenant' => $this->getUser()->getTenantId(),
        ]);

        return $this->json($rows);
    }
}
